import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { notFound, problemOf } from '../../api.js';

interface Request {
  readonly method: string;
  readonly url: string;
}

interface Response {
  status(code: number): { json(body: unknown): unknown };
}

/** Every error as the page expects it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { method, url } = http.getRequest<Request>();
    const { status, body } =
      error instanceof HttpException && error.getStatus() === 404
        ? { status: 404, body: notFound(method, url) }
        : problemOf(error);
    http.getResponse<Response>().status(status).json(body);
  }
}
