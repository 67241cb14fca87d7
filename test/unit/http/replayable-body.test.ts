import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { isReplayableBody, isSafeMethod } from '../../../packages/http/src/replayable-body.ts';

/** As the package `form-data` does: a one-shot stream that calls itself a FormData. */
class FormDataPackage extends PassThrough {
  get [Symbol.toStringTag](): string {
    return 'FormData';
  }
}

function* generate(): Generator<string> {
  yield 'once';
}

describe('a body that can be sent a second time', () => {
  const form = new FormData();
  form.set('file', new Blob(['video']), 'video.mp4');
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', '{"a":1}'],
    ['an empty text', ''],
    ['a Buffer', Buffer.from('video')],
    ['a typed array', new Uint8Array(3)],
    ['a DataView', new DataView(new ArrayBuffer(3))],
    ['an ArrayBuffer', new ArrayBuffer(3)],
    ['URLSearchParams', new URLSearchParams({ a: '1' })],
    ['a Blob', new Blob(['video'])],
    ['a File', new File(['video'], 'video.mp4')],
    ['a FormData', form],
  ])('is %s', (_, body) => {
    expect(isReplayableBody(body)).toBe(true);
  });
});

describe('a body that can be sent only once', () => {
  it.each([
    ['a Node stream', Readable.from(['once'])],
    ['a web stream', new Blob(['once']).stream()],
    ['the FormData of the package form-data', new FormDataPackage()],
    ['a generator', generate()],
    ['an async iterable', { async *[Symbol.asyncIterator]() {} }],
    ['an object nobody knows', { toString: () => 'once' }],
    ['a function', () => 'once'],
  ])('is %s', (_, body) => {
    expect(isReplayableBody(body)).toBe(false);
  });
});

describe('after a redirect, of which the first hop may have done the work', () => {
  it.each(['GET', 'get', 'HEAD'])('%s can be sent a second time', (method) => {
    expect(isSafeMethod(method)).toBe(true);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'GETS', ''])('%j can be sent only once', (method) => {
    expect(isSafeMethod(method)).toBe(false);
  });
});
