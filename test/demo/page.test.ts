import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, send, statsOf } from './support/ask.js';
import { describeWithChromium } from './support/browser.js';
import { buildDemo } from './support/build.js';
import { createPlace, SERVERS, type Demo, type DemoPlace } from './support/demo.js';

describeWithChromium('the page in a browser', (browser) => {
  let place: DemoPlace;
  let demo: Demo;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    await buildDemo();
    place = await createPlace();
    demo = await place.start();
  });
  afterAll(() => place.clean());

  beforeEach(async () => {
    await send(demo.urls.Express, '/api/cache', 'DELETE');
    page = await browser().newPage({ viewport: { width: 1280, height: 900 } });
    faults = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (new URL(request.url()).hostname !== '127.0.0.1') faults.push(`asked ${request.url()}`);
    });
  });
  afterEach(async () => {
    await page.close();
  });

  /** Waits until the answer of this outcome is shown. */
  async function shows(outcome: string): Promise<void> {
    await page.locator(`#outcome[data-state="${outcome}"]`).waitFor();
    expect(await page.locator('#badge').textContent()).toBe(outcome.toUpperCase());
  }

  describe.each(SERVERS)('served by %s', (server) => {
    test('draws the answer, says MISS, then HIT, and has nothing to complain about', async () => {
      await page.goto(`${demo.urls[server]}/`);
      await shows('miss');
      expect(await page.locator('#plot .bar').count()).toBe(24);
      expect(await page.locator('#title').textContent()).toBe('Mean delay by hour of departure');
      expect(await page.locator('#subtitle').textContent()).toBe('200,000 flights · flights-200k.json');
      expect(await page.locator('#took').textContent()).toMatch(/^[\d.]+ m?s$/u);
      await page.getByRole('button', { name: 'Ask again' }).click();
      await shows('hit');
      expect(await page.locator('#explanation').textContent()).toMatch(
        /^From memory. Computing it took .* x-counted: 200000 flights of flights-200k.json.$/u,
      );
      expect(await page.locator('#servers a[aria-current=page]').textContent()).toBe(server);
      expect(faults).toEqual([]);
    });
  });

  test('each bar is as high as its number', async () => {
    await page.goto(`${demo.urls.Nest}/?statistic=count`);
    await shows('miss');
    const { answer } = await ask(demo.urls.Nest, 'by-hour?statistic=count');
    const heights = await page.locator('#plot .bar .shape').evaluateAll((shapes) => {
      for (const shape of shapes) shape.style.animation = 'none';
      return shapes.map((shape) => shape.getBoundingClientRect().height);
    });
    const most = Math.max(...answer.buckets.map(({ value }) => value));
    const highest = Math.max(...heights);
    expect(heights).toHaveLength(answer.buckets.length);
    answer.buckets.forEach(({ value }, index) => {
      const height = heights[index] ?? Number.NaN;
      // What is next to nothing is drawn two pixels high.
      if (height > 3) expect(height / highest).toBeCloseTo(value / most, 2);
      else expect(value / most).toBeLessThan(0.02);
    });
  });

  test('while the answer is computed there is a spinner with the time that has passed', async () => {
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route('**/api/delays/**', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${demo.urls.Fastify}/`);
    await page.locator('#outcome[data-state="waiting"] #spinner').waitFor();
    const seconds = async (): Promise<number> => Number.parseFloat((await page.locator('#took').textContent()) ?? '');
    const before = await seconds();
    await expect.poll(seconds).toBeGreaterThan(before);
    expect(await page.locator('#explanation').textContent()).toBe('Computing …');
    letThrough();
    await shows('miss');
    expect(await page.locator('#spinner').isVisible()).toBe(false);
  });

  test('a question that somebody else is asking is a join', async () => {
    const { Fastify, Nest } = demo.urls;
    await page.goto(`${Fastify}/`);
    await shows('miss');
    // The database answers one after the other: what is asked last waits for all of these. The counters are read to
    // know that what was sent before has arrived.
    const busy = Array.from({ length: 8 }, (_, index) => ask(Nest, `by-distance?statistic=p90&minDistance=${index}`));
    await statsOf(Nest, 'byDistance');
    const somebody = ask(Nest, 'by-hour?statistic=median');
    await statsOf(Nest, 'byHour');
    await page.getByText('Median', { exact: true }).click();
    await shows('join');
    expect(await page.locator('#explanation').textContent()).toMatch(/^Waited for the same question/u);
    expect((await somebody).outcome).toBe('miss');
    await Promise.all(busy);
  });

  test('the controls ask, and stand in the address', async () => {
    await page.goto(`${demo.urls.Express}/`);
    await shows('miss');
    await page.getByText('Distances', { exact: true }).click();
    await page.getByText('90th percentile', { exact: true }).click();
    await page.getByLabel('from').first().fill('300');
    await page.getByLabel('until').selectOption('12:00');
    await page.locator('#subtitle', { hasText: '300 to 5,000 miles, leaving 00:00 to 12:00' }).waitFor();
    expect(await page.locator('#title').textContent()).toBe('90th percentile of delay by distance');
    const search = '?question=by-distance&statistic=p90&minDistance=300&toHour=12';
    expect(new URL(page.url()).search).toBe(search);
    // Another server is asked the same, which is a hit there.
    await page.getByRole('link', { name: 'Nest' }).click();
    await shows('hit');
    expect(page.url()).toBe(`${demo.urls.Nest}/${search}`);
    await page.getByRole('button', { name: 'Back to all flights' }).click();
    await page.locator('#subtitle', { hasText: /^200,000 flights · / }).waitFor();
    expect(faults).toEqual([]);
  });

  test('a question that cannot be answered says why, and how to mend it', async () => {
    await page.goto(`${demo.urls.Nest}/?minDistance=900&maxDistance=100`);
    const problem = page.getByRole('alert');
    await problem.waitFor();
    expect(await problem.textContent()).toBe('minDistance (900) must not be above maxDistance (100): swap the two.');
    await page.getByLabel('to', { exact: true }).fill('1000');
    await page.getByLabel('to', { exact: true }).press('Enter');
    await shows('miss');
    expect(await problem.isVisible()).toBe(false);
  });

  test('an airport that is chosen in the chart is asked for its hours', async () => {
    await page.goto(`${demo.urls.Fastify}/?question=by-origin&statistic=count`);
    await shows('miss');
    await page.locator('#plot .bar[data-start=ATL]').click();
    await page.locator('#title', { hasText: 'Mean delay by hour of departure' }).waitFor();
    expect(await page.locator('#subtitle').textContent()).toContain('from ATL · flights-20k.json');
    expect(await page.getByLabel('Airport of departure').inputValue()).toBe('ATL');
  });

  test('twenty at once are 1 miss + 19 joins', async () => {
    await page.goto(`${demo.urls.Nest}/?statistic=median`);
    await shows('miss');
    await page.getByRole('button', { name: 'Forget, then ask 20 times at once' }).click();
    await page.locator('#burst').waitFor();
    expect(await page.locator('#burst-text').textContent()).toMatch(
      /^1 miss \+ 19 joins · 20 requests in \S+ m?s · 7 on Fastify, 7 on Express, 6 on Nest$/u,
    );
    expect(await page.locator('#dots .miss').count()).toBe(1);
    expect(await page.locator('#dots .join').count()).toBe(19);
  });

  test.each([
    ['this call', 'Mean', 'hit'],
    ['this function', 'Mean', 'miss'],
    ['everything', 'Mean', 'miss'],
  ])('"Clear %s" makes the next one a miss, and %s another call of the function a %s', async (button, other, then) => {
    await page.goto(`${demo.urls.Express}/`);
    await shows('miss');
    await page.getByText('Median', { exact: true }).click();
    await page.locator('#title', { hasText: 'Median' }).waitFor();
    await page.getByRole('button', { name: button }).click();
    await page.locator('#outcome[data-state="said"]').waitFor();
    await page.getByRole('button', { name: 'Ask again' }).click();
    await shows('miss');
    await page.getByText(other, { exact: true }).click();
    await page.locator('#title', { hasText: other }).waitFor();
    await shows(then);
  });

  test('the table shows what the cache counted, on whichever server', async () => {
    await ask(demo.urls.Fastify, 'by-distance');
    await ask(demo.urls.Nest, 'by-distance');
    await page.goto(`${demo.urls.Express}/?question=by-distance`);
    await shows('hit');
    const row = page.locator('#stats tr', { hasText: 'byDistance' });
    const counted = await statsOf(demo.urls.Nest, 'byDistance');
    await row
      .locator('td')
      .first()
      .filter({ hasText: `${counted.hits}` })
      .waitFor();
    expect(await page.locator('#database').textContent()).toBe('Database open');
  });

  test('the keyboard alone reads the chart, bar by bar', async () => {
    await page.goto(`${demo.urls.Express}/?question=by-origin&statistic=count`);
    await shows('miss');
    const { answer } = await ask(demo.urls.Express, 'by-origin?statistic=count');
    await page.locator('#chart').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#reading').textContent()).toContain(`(${answer.buckets[1]?.start}): `);
    expect(await page.locator('#tooltip').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('#tooltip').isVisible()).toBe(false);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.locator('#subtitle', { hasText: `from ${answer.buckets.at(-1)?.start}` }).waitFor();
  });

  test('every control has a name, and what happens is said aloud', async () => {
    await page.goto(`${demo.urls.Fastify}/`);
    await shows('miss');
    const nameless = await page
      .locator('input, select, button, a')
      .evaluateAll((elements) =>
        elements
          .filter((element) => !(element.textContent?.trim() || element.closest('label')?.textContent?.trim()))
          .map(({ outerHTML }) => outerHTML),
      );
    expect(nameless).toEqual([]);
    expect(await page.locator('#spoken').textContent()).toMatch(/^miss, .*\. Computed now: SQLite counted 200,000/u);
    expect(await page.locator('#plot svg').getAttribute('aria-label')).toMatch(
      /^Mean delay by hour of departure, a bar/u,
    );
    expect(await page.locator('#numbers tbody tr').count()).toBe(24);
  });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [400, 'light'],
    [400, 'dark'],
  ] as const)('at %i pixels, %s, nothing is cut off', async (width, colorScheme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const question of ['by-hour', 'by-distance', 'by-origin']) {
      await page.goto(`${demo.urls.Fastify}/?question=${question}&statistic=p90`);
      await page.locator('#plot .bar').first().waitFor();
      expect(await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)).toBe(width);
      const folder = process.env['MILLPOND_SCREENSHOTS'] ?? place.folder;
      await page.screenshot({ path: join(folder, `${question}-${width}-${colorScheme}.png`), fullPage: true });
    }
    expect(faults).toEqual([]);
  });

  test('when the demo has ended, the page says so', async () => {
    const other = await createPlace();
    try {
      const short = await other.start();
      await page.goto(`${short.urls.Express}/`);
      await shows('miss');
      await short.end('SIGINT');
      await page.getByRole('button', { name: 'Ask again' }).click();
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toContain('Start it again with npm start.');
    } finally {
      await other.clean();
    }
  });
});
