// A small Fastify app with a cache: `npm run build && node examples/dist/fastify.js`, then ask each address twice.
import Fastify from 'fastify';
import { millpond } from '@millpond/fastify';

interface City {
  readonly Params: { readonly city: string };
}

const app = Fastify();
await app.register(millpond, { name: 'weather' });

// Opened once, and closed when the app closes.
const openStation = app.cacheResource(async () => ({ measure: () => Math.round(Math.random() * 400) / 10 }), {
  onRelease: () => console.log('The station is closed.'),
});

// Measured once a minute for each city; every caller gets a copy.
const getWeather = app.cacheData(
  async (city: string) => ({ city, degrees: (await openStation()).measure(), at: new Date() }),
  { ttl: '1m' },
);

app.get<City>('/weather/:city', async ({ params }) => getWeather(params.city));

app.delete<City>('/weather/:city', async ({ params }) => getWeather.delete(params.city));

// The whole answer is kept, as bytes: see its header Cache-Status.
app.get(
  '/report/:city',
  app.cacheRoute<City['Params']>({ ttl: '1m' }, async ({ params }) => ({ report: await getWeather(params.city) })),
);

console.log(await app.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' }));

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
