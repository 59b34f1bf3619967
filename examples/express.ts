// A small Express app with a cache: `npm run build && node examples/dist/express.js`, then ask each address twice.
import express from 'express';
import { millpond } from '@millpond/express';

const pond = millpond({ name: 'weather' });
const { cacheData, cacheResource, cacheRoute } = pond;
const app = express();

// Opened once, and closed when the app closes.
const openStation = cacheResource(async () => ({ measure: () => Math.round(Math.random() * 400) / 10 }), {
  onRelease: () => console.log('The station is closed.'),
});

// Measured once a minute for each city; every caller gets a copy.
const getWeather = cacheData(
  async (city: string) => ({ city, degrees: (await openStation()).measure(), at: new Date() }),
  { ttl: '1m' },
);

app.get('/weather/:city', (request, response, next) => {
  getWeather(request.params.city).then((weather) => response.json(weather), next);
});

app.delete('/weather/:city', (request, response, next) => {
  getWeather.delete(request.params.city).then((result) => response.json(result), next);
});

// The whole answer is kept, as bytes: see its header Cache-Status.
app.get(
  '/report/:city',
  cacheRoute<{ city: string }>({ ttl: '1m' }, async ({ params }) => ({ report: await getWeather(params.city) })),
);

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`http://127.0.0.1:${address?.port}`);
});

// The server first, then what it uses.
const end = (): void => void server.close(() => void pond.close());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
