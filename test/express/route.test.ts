import express from 'express';
import express4 from 'express4';
import { routeContract } from '../contract/route/contract.js';
import { expressHost } from '../contract/route/express-host.js';

routeContract(expressHost('Express 5', express));
routeContract(expressHost('Express 4', express4));
