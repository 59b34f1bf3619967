/** How a slash reads behind what stands before it; unclear is what would take a whole parser to tell. */
type Before = 'operand' | 'operator' | 'unclear';

const BLANK = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)+/y;
const NAME = /#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const TEXT = /"(?:[^"\\\n\r]|\\(?:\r\n|[^]))*"|'(?:[^'\\\n\r]|\\(?:\r\n|[^]))*'/y;
const NUMBER = /\.?\d(?:[eE][+-]|[\w.])*/y;
const EXPRESSION =
  /\/(?![*/])(?:[^\\/[\n\r\u2028\u2029]|\\[^\n\r\u2028\u2029]|\[(?:[^\]\\\n\r\u2028\u2029]|\\[^\n\r\u2028\u2029])*\])+\/[\w$]*/y;
/** The text of a template up to its end, or to the next expression in it. */
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;
/** Anything else, except what begins something that was not readable: a name with escapes, an open text. */
const SIGN = /=>|\.{3}|\+\+|--|[^\\/`'"]/y;

/** Behind these words an expression begins. */
const OPERATORS: ReadonlySet<string> = new Set(
  'case delete do else extends in instanceof new return throw typeof void'.split(' '),
);
/** These may be operators or names. */
const UNCLEAR: ReadonlySet<string> = new Set(['await', 'of', 'yield']);
/** Behind the parentheses of these a statement begins. */
const HEADERS: ReadonlySet<string> = new Set(['for', 'if', 'while', 'with']);

/**
 * The tokens of JavaScript source, one by one, without blanks and comments. A text, a number, a regular expression is
 * one token; so is a template, which comes as a backtick.
 */
export class Tokens {
  readonly #source: string;
  #at = 0;
  #before: Before = 'operator';
  #last = '';
  #lastButOne = '';
  /** What each open parenthesis will have been. */
  readonly #parentheses: Before[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  /** The next token. Undefined at the end, and where the source cannot be read for certain, from there on. */
  next(): string | undefined {
    this.#match(BLANK);
    const name = this.#match(NAME);
    const operand = name ?? this.#match(TEXT) ?? this.#match(NUMBER) ?? this.#template() ?? this.#expression();
    const token = operand ?? this.#slash() ?? this.#match(SIGN);
    if (token === undefined) return undefined;
    this.#before = operand === undefined ? this.#afterSign(token) : this.#afterOperand(token);
    this.#lastButOne = this.#last;
    this.#last = token;
    return token;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #template(): string | undefined {
    if (this.#source[this.#at] !== '`') return undefined;
    this.#at += 1;
    for (;;) {
      const text = this.#match(TEMPLATE);
      if (text?.endsWith('`') === true) return '`';
      if (text === undefined || !this.#skipExpression()) {
        this.#at = this.#source.length;
        return undefined;
      }
    }
  }

  /** Reads to the brace that ends an expression in a template. */
  #skipExpression(): boolean {
    this.#before = 'operator';
    this.#last = '';
    return skipBrackets(this);
  }

  #expression(): string | undefined {
    return this.#before === 'operator' ? this.#match(EXPRESSION) : undefined;
  }

  #slash(): string | undefined {
    if (this.#before !== 'operand' || this.#source[this.#at] !== '/') return undefined;
    this.#at += 1;
    return '/';
  }

  #afterOperand(token: string): Before {
    // A property may have the name of a keyword.
    if (this.#last === '.') return 'operand';
    if (UNCLEAR.has(token)) return 'unclear';
    return OPERATORS.has(token) ? 'operator' : 'operand';
  }

  #afterSign(sign: string): Before {
    switch (sign) {
      case '(':
        this.#parentheses.push(this.#isHeader() ? 'operator' : 'operand');
        return 'operator';
      case ')':
        return this.#parentheses.pop() ?? 'operand';
      case ']':
      case '++':
      case '--':
        return 'operand';
      case '}':
        return 'unclear';
      default:
        return 'operator';
    }
  }

  #isHeader(): boolean {
    if (this.#last === 'await') return this.#lastButOne === 'for';
    return HEADERS.has(this.#last) && this.#lastButOne !== '.';
  }
}

/** Reads to the end of the bracket that was opened last; false when it has none. */
export function skipBrackets(tokens: Tokens): boolean {
  for (let depth = 1; depth > 0;) {
    const token = tokens.next();
    if (token === undefined) return false;
    if (token === '(' || token === '[' || token === '{') depth += 1;
    if (token === ')' || token === ']' || token === '}') depth -= 1;
  }
  return true;
}
