import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { translateError } from '../../src/http/translate-error.ts'
import { exhaustionError } from '../../src/limits/exhaustion.ts'

t.test('a machine without processes, threads, descriptors or memory is overloaded', (t) => {
  for (const error of [
    ...['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'].map((code) => Object.assign(new Error(`spawn ${code}`), { code })),
    new Error('glib: Error creating thread: Resource temporarily unavailable'),
    new Error('vips: unable to create thread'),
    new RangeError('Array buffer allocation failed')
  ]) {
    t.match(exhaustionError(error), { code: 'overloaded', retryable: true, cause: error }, error.message)
    t.equal(translateError(error).status, 503, error.message)
  }
  t.end()
})

t.test('other errors are none of that', (t) => {
  const verdict = new PosterframeError('corrupt_video', { detail: 'Too many open files' })
  for (const error of [new Error('no'), verdict, 'EMFILE']) {
    t.equal(exhaustionError(error), undefined)
  }
  t.equal(translateError(new TypeError('x is undefined')).code, 'internal_error')
  t.end()
})
