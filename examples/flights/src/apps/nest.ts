import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CacheModule } from '@millpond/nest';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HOST, listenOnFreePort, portOf, type RunningApp } from '../listen.js';
import { cookieFor, visitorOf } from '../visitor.js';
import type { AppParts } from './app-parts.js';
import { AirportService, ANSWERS } from './nest/airport.service.js';
import { API, DelayController } from './nest/delay.controller.js';
import { PageController } from './nest/page.controller.js';
import { ProblemFilter } from './nest/problem.filter.js';

@Module({})
class FlightsModule {
  static with({ api, cache, answers }: AppParts): DynamicModule {
    return {
      module: FlightsModule,
      imports: [CacheModule.forRoot({ cache, scopes: { session: ({ headers }) => visitorOf(headers) } })],
      controllers: [DelayController, PageController],
      providers: [AirportService, { provide: API, useValue: api }, { provide: ANSWERS, useValue: answers }],
    };
  }
}

/** The demo on Nest: `CacheModule` is given the cache of all three, and the decorators use it. */
export async function startNest(parts: AppParts): Promise<RunningApp> {
  const app = await NestFactory.create(FlightsModule.with(parts), {
    // Nest logs a port that is taken as an error; here it is none, the next one is tried.
    logger: ['fatal', 'warn'],
    forceCloseConnections: true,
    abortOnError: false,
  });
  app.use(({ headers }: IncomingMessage, response: ServerResponse, next: () => void) => {
    const cookie = cookieFor(headers);
    if (cookie !== undefined) response.setHeader('set-cookie', cookie);
    next();
  });
  app.useGlobalFilters(new ProblemFilter());
  const listening = await listenOnFreePort(parts.port, async (free) => {
    await app.listen(free, HOST);
    return portOf(app.getHttpServer().address());
  });
  app.useLogger(['fatal', 'error', 'warn']);
  return { name: 'Nest', ...listening, close: () => app.close() };
}
