import { scopeContract } from '../contract/scope/contract.js';
import { fastifyScopes, sealedSessions, storedSessions } from '../contract/scope/fastify-host.js';

scopeContract(fastifyScopes(storedSessions));
scopeContract(fastifyScopes(sealedSessions));
