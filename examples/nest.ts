// A small Nest app with a cache: `npm run build && node examples/dist/nest.js`, then ask each address twice.
import 'reflect-metadata';
import { Controller, Delete, Get, Injectable, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CacheData, CacheModule, CacheResource, getCachedData, type Invalidation } from '@millpond/nest';

interface Station {
  measure(): number;
}

@Injectable()
class Weather {
  // Opened once, and closed when the app closes.
  @CacheResource({ onRelease: () => console.log('The station is closed.') })
  async station(): Promise<Station> {
    return { measure: () => Math.round(Math.random() * 400) / 10 };
  }

  // Measured once a minute for each city; every caller gets a copy.
  @CacheData({ ttl: '1m' })
  async of(city: string): Promise<{ city: string; degrees: number; at: Date }> {
    return { city, degrees: (await this.station()).measure(), at: new Date() };
  }
}

@Controller()
class WeatherController {
  constructor(private readonly weather: Weather) {}

  @Get('weather/:city')
  async show(@Param('city') city: string): Promise<object> {
    return this.weather.of(city);
  }

  // What a handler returns may be cached as well; its guards and pipes run on every request.
  @Get('report/:city')
  @CacheData({ ttl: '1m' })
  async report(@Param('city') city: string): Promise<object> {
    return { report: await this.weather.of(city) };
  }

  @Delete('weather/:city')
  async forget(@Param('city') city: string): Promise<Invalidation> {
    return getCachedData(this.weather, 'of').delete(city);
  }
}

@Module({
  imports: [CacheModule.forRoot({ name: 'weather' })],
  controllers: [WeatherController],
  providers: [Weather],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
console.log(await app.getUrl());
