/** Text as it stands in HTML and in attributes. */
export function escaped(text) {
  return String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** A text in which what is between backticks is code. */
export function prose(text) {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

/** What a candidate hands out, as a class of the style sheet: by this, bars are coloured. */
export function kindOf(returns) {
  if (returns === undefined) return 'plain';
  if (/^(fresh copy|faithful|a value|tells apart what differs|computed once)$/.test(returns)) return 'good';
  if (returns === 'shared') return 'shared';
  return /^(what is stored|knows)/.test(returns) ? 'plain' : 'faulty';
}
