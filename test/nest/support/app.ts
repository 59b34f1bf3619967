import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type INestApplication, type LoggerService, type ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import express from 'express';
import { onTestFinished } from 'vitest';

/** What an app has logged: the messages alone. */
export interface HeardLogger extends LoggerService {
  readonly warnings: string[];
  readonly errors: string[];
}

/** A Nest logger that keeps what it hears, so that tests can ask for it and the run stays quiet. */
export function heardLogger(): HeardLogger {
  const warnings: string[] = [];
  const errors: string[] = [];
  return {
    warnings,
    errors,
    log: () => {},
    warn: (message: unknown) => void warnings.push(String(message)),
    error: (message: unknown) => void errors.push(String(message)),
  };
}

/** Prepares a module for a test. */
export function build(metadata: ModuleMetadata, logger: LoggerService = heardLogger()): TestingModuleBuilder {
  return Test.createTestingModule(metadata).setLogger(logger);
}

/** A started app without HTTP; it is closed when the test ends, unless the test has closed it. */
export async function start(metadata: ModuleMetadata, logger?: LoggerService): Promise<TestingModule> {
  const app = await build(metadata, logger).compile();
  onTestFinished(() => app.close());
  return app.init();
}

const adapters = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() };

/** The platforms that Nest runs on. */
export const platforms = ['Express', 'Fastify'] as const;

/** An app that listens on a free loopback port. */
export interface Served {
  readonly app: INestApplication;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
}

/** Serves an app on one of the platforms; it is closed when the test ends. */
export async function serve(platform: (typeof platforms)[number], metadata: ModuleMetadata): Promise<Served> {
  const module = await build(metadata).compile();
  const app = module.createNestApplication(adapters[platform]());
  app.useLogger(heardLogger());
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return { app, get: (path, headers = {}) => fetch(`${url}${path}`, { headers }) };
}

/** Asks an app on Express that was not made to listen, but is the handler of a server of its own. */
export async function askBehindOwnServer(metadata: ModuleMetadata): Promise<string> {
  const module = await build(metadata).compile();
  const handler = express();
  const app = module.createNestApplication(new ExpressAdapter(handler));
  app.useLogger(heardLogger());
  await app.init();
  const server = createServer(handler).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    server.close();
    await app.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return (await fetch(`http://127.0.0.1:${port}/`)).text();
}
