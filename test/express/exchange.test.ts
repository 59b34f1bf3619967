import express from 'express';
import express4 from 'express4';
import { exchangeContract } from '../contract/exchange/contract.js';
import { expressExchange } from '../contract/exchange/express-host.js';

exchangeContract(expressExchange('Express 5', express));
exchangeContract(expressExchange('Express 4', express4));
