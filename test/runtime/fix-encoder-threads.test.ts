import t from 'tap'
import { fixEncoderThreads } from '../../src/runtime/fix-encoder-threads.ts'

const fix = (environment: Record<string, string>) => {
  const fixed: Record<string, string | undefined> = { ...environment }
  fixEncoderThreads(fixed)
  return fixed['VIPS_MAX_THREADS']
}

t.test('starts three threads for each picture that can be encoded at once', async (t) => {
  t.equal(fix({}), '12', 'libuv has four threads')
  t.equal(fix({ UV_THREADPOOL_SIZE: '16' }), '48')
  for (const size of ['0', 'many', '-3']) t.equal(fix({ UV_THREADPOOL_SIZE: size }), '3', 'libuv has at least one')
  t.equal(fix({ UV_THREADPOOL_SIZE: '100000' }), '3072', 'and at most 1,024')
})

t.test('respects the choice of the operator', async (t) => {
  t.equal(fix({ VIPS_MAX_THREADS: '40', UV_THREADPOOL_SIZE: '16' }), '40')
})
