import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { of, type Observable } from 'rxjs';
import { GivcError, invalid } from '@givc/model';
import { Parse } from './parse.interceptor.js';

class Controller {
  @Parse(({ Port }: { Port: string }) => {
    if (Port === '') throw invalid('Port', 'it is missing');
    return Number(Port);
  })
  handler(): void {}
}

const [interceptor] = Reflect.getMetadata(INTERCEPTORS_METADATA, Controller.prototype.handler) as [NestInterceptor];

describe('a request that is parsed', () => {
  const intercept = (request: object, next: CallHandler): unknown[] => {
    const args: unknown[] = [request, 'metadata', 'call'];
    const context = { getArgs: () => args } as unknown as ExecutionContext;
    const values: unknown[] = [];
    (interceptor.intercept(context, next) as Observable<unknown>).subscribe((value) => values.push(value));
    return [...args, ...values];
  };

  it('reaches the handler in place of the message', () => {
    expect(intercept({ Port: '9000' }, { handle: () => of('answer') })).toEqual([9000, 'metadata', 'call', 'answer']);
  });

  it('does not reach the handler when it cannot be', () => {
    const handle = jest.fn(() => of('answer'));
    expect(() => intercept({ Port: '' }, { handle })).toThrow(GivcError);
    expect(handle).not.toHaveBeenCalled();
  });
});
