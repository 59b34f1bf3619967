import fastify from 'fastify';
import fastify4 from 'fastify4';
import { fastifyHost } from '../contract/route/fastify-host.js';
import { routeContract } from '../contract/route/contract.js';

routeContract(fastifyHost('Fastify 5', fastify));
routeContract(fastifyHost('Fastify 4', fastify4));
