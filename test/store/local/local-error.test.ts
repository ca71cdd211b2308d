import t from 'tap'
import { BodyLengthError } from '../../../src/store/guarded-body.ts'
import { toLocalStoreError } from '../../../src/store/local/local-error.ts'

const subject = { bucket: 'videos', key: 'a.mp4' }

t.test('maps errors of the file system', async (t) => {
  const fail = (code: string) => Object.assign(new Error(code), { code, syscall: 'open' })
  for (const code of ['EACCES', 'EPERM', 'EROFS']) {
    t.match(toLocalStoreError(fail(code), subject), { code: 'store_forbidden', subject })
  }
  for (const code of ['EIO', 'ENOSPC', 'ERR_STREAM_PREMATURE_CLOSE']) {
    t.match(toLocalStoreError(fail(code), subject), { code: 'store_unavailable' })
  }
  for (const code of ['EMFILE', 'ENFILE', 'ENOMEM']) {
    t.match(toLocalStoreError(fail(code), subject), { code: 'overloaded' }, 'the machine, and not the store')
  }
  t.match(toLocalStoreError(new BodyLengthError('2 bytes are missing'), subject), { code: 'source_changed' })
})

t.test('returns a bug as it is', async (t) => {
  for (const BugError of [TypeError, ReferenceError, RangeError]) {
    const bug = Object.assign(new BugError('x is undefined'), { code: 'ERR_OUT_OF_RANGE' })
    t.equal(toLocalStoreError(bug, subject), bug)
  }
})
