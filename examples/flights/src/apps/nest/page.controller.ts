import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { readPageFile } from '../../page-files.js';

interface HeaderSetter {
  setHeader(name: string, value: string): unknown;
}

/** The page, as a controller of Nest. */
@Controller()
export class PageController {
  @Get()
  index(@Res({ passthrough: true }) response: HeaderSetter): Promise<string> {
    return this.file('index.html', response);
  }

  @Get('page/:file')
  async file(@Param('file') name: string, @Res({ passthrough: true }) response: HeaderSetter): Promise<string> {
    const file = await readPageFile(name);
    if (file === undefined) throw new NotFoundException();
    for (const [header, value] of Object.entries(file.headers)) response.setHeader(header, value);
    return file.body;
  }
}
