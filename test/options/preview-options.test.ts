import t from 'tap'
import { completePreviewOptions, describePreview } from '../../src/options/preview-options.ts'

t.test('takes times as numbers and as texts', async (t) => {
  for (const [start, duration] of [
    [90, 5],
    ['90', '5'],
    [' 1m30s ', '5s'],
    ['00:01:30', '5000ms']
  ] as const) {
    const options = completePreviewOptions({ kind: 'span', start, duration })
    t.match(options, { start: 90, duration: 5 }, `${start} ${duration}`)
    t.equal(describePreview(options), describePreview(completePreviewOptions({ kind: 'span', start: 90, duration: 5 })))
  }
  t.match(completePreviewOptions({}), { start: 0, duration: 3 })
})

t.test('rejects other times and says what is allowed', async (t) => {
  for (const start of ['noon', '-5', '50%', 'last', '1000000001']) {
    t.throws(
      () => completePreviewOptions({ start }),
      { code: 'invalid_request', message: /^'start' is '.*', and must be a number of seconds from 0 to 1,000,000,000, or a text such as 1m30s/ },
      start
    )
  }
  for (const duration of ['2', '4.5', '11s', 'auto', '']) {
    t.throws(
      () => completePreviewOptions({ duration }),
      { code: 'invalid_request', message: /^'duration' is '.*', and must be a whole number of seconds from 3 to 10/ },
      duration
    )
  }
})
