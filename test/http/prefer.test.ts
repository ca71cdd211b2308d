import t from 'tap'
import { prefersAsync } from '../../src/http/prefer.ts'

t.test('finds the preference among others, in any case and with parameters', async (t) => {
  const meant = [
    'respond-async',
    'Respond-Async',
    'wait=10, respond-async',
    'respond-async;foo=bar',
    'respond-async , return=minimal',
    'respond-async=""',
    'a="x, y", respond-async'
  ]
  for (const text of meant) t.ok(prefersAsync(text), text)
  t.ok(prefersAsync(['wait=1', 'respond-async']), 'in two headers')
})

t.test('nothing else is it', async (t) => {
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
