import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type JournalEntry, openJournal } from '../../../src/cli/backfill/journal.ts'

const source = (key: string, etag?: string) => ({ bucket: 'videos', key, etag })
const MADE: JournalEntry = { outcome: 'made' }

t.test('returns the outcomes of earlier runs: done, and permanently failed', async (t) => {
  const path = join(t.testdir(), 'journal')
  const first = await openJournal(path, 'q1')
  first.write(source('made', '1'), MADE)
  first.write(source('found'), { outcome: 'found' })
  first.write(source('broken'), { outcome: 'failed', code: 'corrupt_video', retryable: false })
  first.write(source('late'), { outcome: 'failed', code: 'timed_out', retryable: true })
  t.equal(first.find(source('made', '1')), undefined, 'ignores the outcomes of its own run')
  await first.close()
  const second = await openJournal(path, 'q1')
  t.same(
    [
      source('made', '1'),
      source('found'),
      source('broken'),
      source('late'),
      source('made', '2'),
      source('made'),
      { bucket: 'other', key: 'found' }
    ].map((one) => second.find(one)),
    ['done', 'done', 'failed', undefined, undefined, undefined, undefined]
  )
  second.write(source('broken'), MADE)
  await second.close()
  const third = await openJournal(path, 'q1')
  t.equal(third.find(source('broken')), 'done')
  await third.close()
  const other = await openJournal(path, 'q2')
  t.equal(other.find(source('made', '1')), undefined, 'ignores the outcomes of other options')
  await other.close()
})

t.test('removes an incomplete last line and appends after the last complete one', async (t) => {
  for (const rest of ['{"options":"q1","bucket":"vid', '{"options":"q1"', '\0\0\0\0']) {
    const path = join(t.testdir(), 'journal')
    const first = await openJournal(path, 'q1')
    for (let number = 0; number < 2000; number++) first.write(source(`${number}`), MADE)
    await first.close()
    const whole = await readFile(path, 'utf8')
    await writeFile(path, whole + rest)
    const second = await openJournal(path, 'q1')
    t.equal(second.find(source('1999')), 'done')
    second.write(source('next'), MADE)
    await second.close()
    t.equal(await readFile(path, 'utf8'), `${whole}{"options":"q1","bucket":"videos","key":"next","outcome":"made"}\n`)
  }
})

t.test('rejects a file that is not a journal and leaves it unchanged', async (t) => {
  for (const content of [
    'a film',
    'line\nline',
    '{"options":"q1","bucket":"b","key":"k","outcome":"made"}\nsomething\n{}\n',
    '12\n'
  ]) {
    const path = join(t.testdir(), 'file')
    await writeFile(path, content)
    await t.rejects(openJournal(path, 'q1'), {
      code: 'invalid_request',
      message: /is not a journal: line \d is not a journal entry/
    })
    t.equal(await readFile(path, 'utf8'), content)
  }
  await t.rejects(openJournal(t.testdir(), 'q1'), { code: 'invalid_request', message: /cannot be written/ })
})
