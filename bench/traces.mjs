// Sequences of keys as caches of web servers see them; the same in every run. A key is a whole number.

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws ranks from 0: the n-th is asked for in proportion to 1 / n^skew (Zipf). */
function zipf(objects, skew, random) {
  const upTo = new Float64Array(objects);
  let sum = 0;
  for (let rank = 0; rank < objects; rank += 1) upTo[rank] = sum += (rank + 1) ** -skew;
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, objects - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Some are asked for much more often than others, and that stays so. */
export function popular({ objects, length, skew, seed = 1 }) {
  const next = zipf(objects, skew, randomFrom(seed));
  return Uint32Array.from({ length }, next);
}

/** The same, while now and then somebody walks through `walk` pages that nobody else reads: so much of all requests. */
export function popularWithScans({ objects, length, skew, share, walk, seed = 2 }) {
  const random = randomFrom(seed);
  const next = zipf(objects, skew, random);
  let [left, page] = [0, objects];
  return Uint32Array.from({ length }, () => {
    if (left === 0 && random() < share / (1 - share) / walk) left = walk;
    if (left === 0) return next();
    left -= 1;
    return page++;
  });
}

/** The same things one after the other, again and again: a job that goes through a table. */
export function loop({ objects, length }) {
  return Uint32Array.from({ length }, (_, index) => index % objects);
}

/** What is popular changes: after each `period` requests a tenth of the objects have changed places. */
export function shifting({ objects, length, skew, period, seed = 3 }) {
  const random = randomFrom(seed);
  const next = zipf(objects, skew, random);
  const places = Uint32Array.from({ length: objects }, (_, place) => place);
  return Uint32Array.from({ length }, (_, index) => {
    if (index > 0 && index % period === 0) {
      for (let swap = 0; swap < objects / 20; swap += 1) {
        const [one, other] = [Math.floor(random() * objects), next()];
        [places[one], places[other]] = [places[other], places[one]];
      }
    }
    return places[next()];
  });
}

/** Users come, ask for their own things again and again for a while, and leave: `open` sessions at a time. */
export function sessions({ open, length, things, requests, seed = 4 }) {
  const random = randomFrom(seed);
  let users = 0;
  const begin = () => ({ user: users++, left: Math.ceil(random() * 2 * requests) });
  const now = Array.from({ length: open }, begin);
  return Uint32Array.from({ length }, () => {
    const place = Math.floor(random() * open);
    if (now[place].left === 0) now[place] = begin();
    now[place].left -= 1;
    return now[place].user * things + Math.floor(random() * things);
  });
}

/** Half of the requests are for what is popular, half for what those who are there have of their own. */
export function mixed({ objects, skew, length, seed = 5, ...of }) {
  const random = randomFrom(seed);
  const shared = popular({ objects, length, skew, seed });
  const own = sessions({ length, seed, ...of });
  return Uint32Array.from({ length }, (_, index) => (random() < 0.5 ? shared[index] : objects + own[index]));
}
