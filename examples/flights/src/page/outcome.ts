import type { BurstReply, Outcome } from '../wire.js';
import { byId, make } from './dom.js';
import type { Asked } from './server.js';
import { duration, explain, plural, tally } from './words.js';

/** The panel that tells how an answer came about. */
export interface OutcomePanel {
  /** Starts the spinner and its stopwatch. */
  wait(): void;
  show(reply: Asked): void;
  /** Stops the spinner without an answer. */
  fail(message: string): void;
  showBurst(reply: BurstReply): void;
  /** Says something that has no outcome, such as a clear. */
  say(message: string): void;
}

/** Answers that come sooner show no spinner, in milliseconds: it would only flicker. */
const SPINNER_DELAY = 90;

/** Wires the panel. */
export function createOutcomePanel(): OutcomePanel {
  const panel = byId('outcome', HTMLElement);
  const [badge, took] = [byId('badge', HTMLElement), byId('took', HTMLElement)];
  const [explanation, spoken] = [byId('explanation', HTMLElement), byId('spoken', HTMLElement)];
  const [problem, burst] = [byId('problem', HTMLElement), byId('burst', HTMLElement)];
  const [dots, burstText] = [byId('dots', HTMLElement), byId('burst-text', HTMLElement)];
  let stopwatch: ReturnType<typeof setInterval> | undefined;

  function stop(state: string): void {
    clearInterval(stopwatch);
    panel.dataset['state'] = state;
    problem.hidden = true;
  }

  function tell(text: string, aloud: string): void {
    explanation.textContent = text;
    spoken.textContent = aloud;
  }

  return {
    wait() {
      clearInterval(stopwatch);
      const started = performance.now();
      burst.hidden = true;
      stopwatch = setInterval(() => {
        const elapsed = performance.now() - started;
        if (elapsed < SPINNER_DELAY) return;
        panel.dataset['state'] = 'waiting';
        took.textContent = `${(elapsed / 1_000).toFixed(1)} s`;
        explanation.textContent = 'Computing …';
      }, 30);
    },
    show(reply) {
      stop(reply.outcome);
      badge.textContent = reply.outcome.toUpperCase();
      took.textContent = duration(reply.took);
      const text = explain(reply);
      tell(text, `${reply.outcome}, ${duration(reply.took)}. ${text}`);
    },
    fail(message) {
      stop('failed');
      badge.textContent = 'NO ANSWER';
      took.textContent = '';
      tell('', '');
      problem.textContent = message;
      problem.hidden = false;
    },
    showBurst({ outcomes, servers, requests, took: time }) {
      const order: readonly Outcome[] = ['miss', 'join', 'hit', 'stale'];
      dots.replaceChildren(
        ...order.flatMap((outcome) => Array.from({ length: outcomes[outcome] }, () => make('i', outcome))),
      );
      const spread = Object.entries(servers).map(([name, times]) => `${times} on ${name}`);
      const result = make('strong', '', tally(outcomes));
      burstText.replaceChildren(
        result,
        ` · ${plural(requests, 'request')} in ${duration(time)} · ${spread.join(', ')}`,
      );
      burst.hidden = false;
    },
    say(message) {
      stop('said');
      badge.textContent = 'CLEARED';
      took.textContent = '';
      burst.hidden = true;
      tell(message, message);
    },
  };
}
