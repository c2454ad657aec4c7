import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { GivcError } from '@givc/model';
import { callOf } from './call.js';
import { GrpcServer } from './grpc-server.js';
import type { ServerLimits } from './limits.js';

/** Who is counted as one: a certificate, else an address. */
function peerOf(context: ExecutionContext): string {
  const call = callOf(context);
  return call.getAuthContext().sslPeerCertificate?.fingerprint256 ?? call.getPeer().replace(/:[0-9]+$/, '');
}

/** Bounds how many calls are open at once (RESOURCE_EXHAUSTED), and ends them when the server closes. */
@Injectable()
export class OpenCallsInterceptor implements NestInterceptor {
  readonly #open = new Map<string, number>();
  readonly #limits: ServerLimits;
  #total = 0;

  constructor(private readonly server: GrpcServer) {
    this.#limits = server.limits;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const peer = peerOf(context);
    return new Observable((subscriber) => {
      this.#take(peer);
      subscriber.add(() => this.#release(peer));
      subscriber.add(this.server.closing.subscribe({ error: (error) => subscriber.error(error) }));
      subscriber.add(next.handle().subscribe(subscriber));
    });
  }

  #take(peer: string): void {
    const open = this.#open.get(peer) ?? 0;
    const { openCalls, openCallsOfPeer } = this.#limits;
    if (open >= openCallsOfPeer || this.#total >= openCalls)
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `too many open calls: at most ${openCallsOfPeer} of one caller and ${openCalls} in all`,
      );
    this.#open.set(peer, open + 1);
    this.#total++;
  }

  #release(peer: string): void {
    const left = (this.#open.get(peer) ?? 1) - 1;
    if (left === 0) this.#open.delete(peer);
    else this.#open.set(peer, left);
    this.#total--;
  }
}
