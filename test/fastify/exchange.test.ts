import fastify from 'fastify';
import fastify4 from 'fastify4';
import { exchangeContract } from '../contract/exchange/contract.js';
import { fastifyExchange } from '../contract/exchange/fastify-host.js';

exchangeContract(fastifyExchange('Fastify 5', fastify));
exchangeContract(fastifyExchange('Fastify 4', fastify4));
