import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { serverTiming, type Api } from '../../api.js';
import type { QueryParameters } from '../../query.js';
import type { Airport, AskReply, BurstReply, ClearReply, ServerLink, StatsReply } from '../../wire.js';
import { AirportService } from './airport.service.js';

/** What the three servers answer with, as Nest injects it. */
export const API: unique symbol = Symbol('the api of the demo');

const NAME = 'Nest';

/** What this controller needs of the response of the platform below Nest. */
interface HeaderSetter {
  setHeader(name: string, value: string): unknown;
}

/** The api, as a controller of Nest. */
@Controller('api')
export class DelayController {
  readonly #api: Api;
  readonly #airports: AirportService;

  constructor(@Inject(API) api: Api, @Inject(AirportService) airports: AirportService) {
    this.#api = api;
    this.#airports = airports;
  }

  @Get('delays/:question')
  async ask(
    @Param('question') question: string,
    @Query() parameters: QueryParameters,
    @Res({ passthrough: true }) response: HeaderSetter,
  ): Promise<AskReply> {
    const answer = await this.#api.ask(NAME, question, parameters);
    response.setHeader('server-timing', serverTiming(answer));
    return answer;
  }

  @Post('delays/:question/burst')
  @HttpCode(200)
  burst(@Param('question') question: string, @Query() parameters: QueryParameters): Promise<BurstReply> {
    return this.#api.burst(question, parameters);
  }

  @Delete('delays/:question/call')
  clearCall(@Param('question') question: string, @Query() parameters: QueryParameters): Promise<ClearReply> {
    return this.#api.clearCall(question, parameters);
  }

  @Delete('delays/:question')
  clearFunction(@Param('question') question: string): Promise<ClearReply> {
    return this.#api.clearFunction(question);
  }

  @Delete('cache')
  clearEverything(): Promise<ClearReply> {
    return this.#api.clearEverything();
  }

  @Get('stats')
  stats(): StatsReply {
    return this.#api.stats(NAME);
  }

  @Get('servers')
  servers(): readonly ServerLink[] {
    return this.#api.servers();
  }

  @Get('airports')
  airports(): Promise<readonly Airport[]> {
    return this.#airports.list();
  }
}
