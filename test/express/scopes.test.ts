import express from 'express';
import express4 from 'express4';
import { scopeContract } from '../contract/scope/contract.js';
import { expressScopes } from '../contract/scope/express-host.js';

scopeContract(expressScopes('Express 5', express));
scopeContract(expressScopes('Express 4', express4));
