import 'reflect-metadata';
import { scopeContract } from '../contract/scope/contract.js';
import { sealedSessions, storedSessions } from '../contract/scope/fastify-host.js';
import { nestOnExpress, nestOnFastify } from '../contract/scope/nest-host.js';

scopeContract(nestOnExpress);
scopeContract(nestOnFastify(storedSessions));
scopeContract(nestOnFastify(sealedSessions));
