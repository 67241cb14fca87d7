export { bindDispatcher } from './bind-dispatcher.ts';
export type { DispatcherLike } from './bind-dispatcher.ts';
export { createKeyInterceptor } from './create-key-interceptor.ts';
export type { AnyDispatch, KeyInterceptor } from './create-key-interceptor.ts';
export type { UndiciOptions } from './undici-options.ts';
