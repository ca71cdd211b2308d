import t from 'tap'
import { prefersAsync } from '../../../src/http/routes/async-job.ts'

t.test('recognises respond-async among other preferences, in any case and with parameters', async (t) => {
  const headers = [
    'respond-async',
    'Respond-Async',
    'wait=10, respond-async',
    'respond-async;foo=bar',
    'respond-async , return=minimal',
    'respond-async=""',
    'a="x, y", respond-async'
  ]
  for (const text of headers) t.ok(prefersAsync(text), text)
  t.ok(prefersAsync(['wait=1', 'respond-async']), 'in two headers')
})

t.test('recognises no other preference', async (t) => {
  for (const text of [
    undefined,
    '',
    'respond-asynchronously',
    'respond-async=no',
    'return=respond-async',
    'a="x, respond-async"',
    'a;respond-async',
    'x respond-async'
  ]) { t.notOk(prefersAsync(text), String(text)) }
})
