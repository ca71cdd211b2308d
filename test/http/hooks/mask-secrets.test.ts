import { once } from 'node:events'
import type { InjectOptions } from 'fastify'
import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { maskSecrets } from '../../../src/http/hooks/mask-secrets.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { buildForm, FORM_TYPE } from '../../support/multipart-body.ts'
import { connectRaw, openRequest } from '../../support/raw-http.ts'
import { OPEN_ACCESS } from '../../../src/http/services.ts'

t.test('masks a secret and leaves the text around it', async (t) => {
  const cases: Array<[text: string, masked: string]> = [
    ['{"url":"/objects?signature=abc&key=a b"}', '{"url":"/objects?signature=***&key=a b"}'],
    ['a?x-amz-signature%3Dabc"', 'a?x-amz-signature%3D***"'],
    ['X-Amz-Signature%253Dabc%26key', 'X-Amz-Signature%253D***'],
    ['{"authorization":"Bearer abc.def","host":"x"}', '{"authorization":"Bearer ***","host":"x"}'],
    ['"{\\"authorization\\":\\"Basic YWJj\\",\\"a\\":1}"', '"{\\"authorization\\":\\"Basic ***\\",\\"a\\":1}"'],
    ['Authorization: bearer abc\r\nHost: x', 'Authorization: bearer ***\r\nHost: x'],
    ['{"x-api-key":"abc","a":"b"}', '{"x-api-key":"***","a":"b"}'],
    ['?api_key=abc&access_token=def&width=1', '?api_key=***&access_token=***&width=1'],
    ['key pfk_Abc-_9 of', 'key pfk_*** of'],
    ['at https://ada:s3cret@proxy.example:8080/a?b', 'at https://ada:***@proxy.example:8080/a?b'],
    ['https://:s3cret@host', 'https://:***@host'],
    ['url=https%3A%2F%2Fada%3As3cret%40host%2Fa', 'url=https%3A%2F%2Fada%3A***%40host%2Fa'],
    ['{"secretAccessKey":"abc/d+e","sessionToken":"x"}', '{"secretAccessKey":"***","sessionToken":"***"}'],
    ['AWS_SECRET_ACCESS_KEY=abc password=def', 'AWS_SECRET_ACCESS_KEY=*** password=***'],
    ['?api%5Fkey=abc&x%2Dapi%2Dkey=def&width=1', '?api%5Fkey=***&x%2Dapi%2Dkey=***&width=1'],
    ['"url":"/v1/uploads/eyJidWNrZXQiOi.c2ln-_/parts"', '"url":"/v1/uploads/***/parts"'],
    ['token eyJhbGciOi.eyJzdWIiOi.c2ln-_ of', 'token *** of'],
    ["'pfk_abc' is not a known parameter.", "'pfk_***' is not a known parameter."]
  ]
  for (const [text, masked] of cases) t.equal(maskSecrets(text), masked)
})

t.test('leaves ordinary lines unchanged', async (t) => {
  const lines = [
    '{"level":30,"time":1,"requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef","req":{"method":"GET",' +
      '"url":"/v1/thumbnails?key=videos%2Fa.mp4&timestamp=12.5&preset=poster",' +
      '"remoteAddress":"::1"},"msg":"incoming request"}',
    '{"code":"invalid_signature","msg":"The signature of this URL is wrong or has expired."}',
    '{"code":"unauthenticated","msg":"This needs a valid API key or token."}',
    'the bearers of news',
    'key=a&keyId=k1&signedUntil=1'
  ]
  for (const line of lines) t.equal(maskSecrets(line), line)
})

// Every secret contains this word, and nothing else does. A value without a recognisable form, such as a custom API
// key, is a secret only in a credential header or parameter.
const WORD = 'CANARY'
const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOi${WORD}.c2ln${WORD}`
const apiKey = `pfk_${WORD}0123456789-_${WORD}`
const presigned = `https://s3.example/a?X-Amz-Credential=AKID${WORD}%2F2026&X-Amz-Security-Token=${WORD}%2Bx&X-Amz-Signature=${WORD}`
const secrets = [
  jwt,
  apiKey,
  `Bearer ${WORD}`,
  `Basic ${WORD}=`,
  presigned,
  `signature=${WORD}`,
  `X-Api-Key: ${WORD}`,
  `authorization=Bearer ${WORD}`
]

t.test('masks a long hostile line in linear time', async (t) => {
  const startedAt = process.cpuUsage()
  for (const part of [
    'eyJ-',
    'eyJabcd.',
    'Bearer ',
    'Bearer+',
    'signature=',
    'signature ',
    'authorization\\\\',
    '%25',
    'pfk_',
    'api_key%25253D'
  ]) { maskSecrets(part.repeat(100_000 / part.length)) }
  const { user } = process.cpuUsage(startedAt)
  t.ok(user < 1_000_000, `${user} us for ten lines of 100 kB`)
})

t.test(
  'keeps secrets sent in any position out of the log and of responses to unknown callers',
  async (t) => {
    const lines: string[] = []
    const answers: string[] = []
    const { app, listen } = await buildContractedApp(
      t,
      {
        authenticate: async ({ bearer, apiKey }) => {
          throw new PosterframeError('unauthenticated', {
            cause: new Error(`not known: Bearer ${bearer} X-Api-Key: ${apiKey}`)
          })
        },
        makeThumbnail: async () => {
          throw new PosterframeError('store_unavailable', { cause: new Error(`GET ${secrets.join(' then ')} failed`) })
        }
      },
      {
        logLevel: 'trace',
        logStream: {
          write: (line) => {
            lines.push(line)
          }
        },
        access: {
          ...OPEN_ACCESS,
          anonymousGet: 'presets',
          presets: new Map([['poster', {}]]),
          signingSecrets: [{ id: 'k1', secret: Buffer.alloc(32, 7) }]
        }
      }
    )
    const send = async (request: InjectOptions) => {
      answers.push((await app.inject(request)).body)
    }
    const path = '/v1/thumbnails'
    for (const secret of secrets) {
      const encoded = encodeURIComponent(secret)
      await send({ url: `/${encoded}` })
      await send({ url: `${path}/${encoded}` })
      await send({ url: `${path}?key=${encoded}&preset=poster` })
      await send({ url: `${path}?${encoded}=1&key=a` })
      await send({ url: `${path}?key=a&preset=${encoded}` })
      await send({ url: `${path}?key=a&timestamp=${encodeURIComponent(encoded)}` })
      for (const name of [
        'signature',
        'keyId',
        'signedUntil',
        'api_key',
        'access_token',
        'X-Amz-Signature',
        'authorization'
      ]) { await send({ url: `${path}?key=a&${name}=${encoded}` }) }
      for (const name of [
        'authorization',
        'x-api-key',
        'cookie',
        'x-request-id',
        'referer',
        'user-agent',
        'content-type'
      ]) {
        await send({ url: `${path}?key=a&preset=poster`, headers: { [name]: secret } })
        await send({ url: `${path}?key=a&preset=poster`, method: 'POST', headers: { [name]: secret }, payload: '{}' })
      }
      await send({ method: 'POST', url: path, payload: { [secret]: secret, key: secret } })
      const form = buildForm([
        { name: 'x', content: secret },
        { name: secret.replaceAll('"', ''), content: 'a' },
        { name: 'file', filename: secret, content: secret }
      ])
      await send({ method: 'POST', url: path, headers: { 'content-type': FORM_TYPE }, payload: form })
    }
    await send({ url: presigned.slice('https://s3.example'.length) })

    const base = await listen()
    const broken = [
      `GET ${path}?signature=${WORD} HTTP/1.1\r\nauthorization: Bearer ${WORD}\r\nbroken\r\n\r\n`,
      `Bearer ${WORD}\r\n\r\n`,
      openRequest('GET', `${path}?key=a&signature=${WORD}`, { 'x-api-key': WORD.repeat(5000) })
    ]
    for (const bytes of broken) {
      const connection = await connectRaw(base)
      connection.write(bytes)
      const ended = once(connection.socket, 'close')
      answers.push(await connection.receive(/\}$/))
      await ended
    }

    const log = lines.join('')
    t.ok(lines.length > 500, `${lines.length} lines`)
    t.ok(
      lines.every((line) => typeof JSON.parse(line) === 'object'),
      'every line is still JSON'
    )
    t.match(log, /"msg":"incoming request"/)
    t.match(log, /X-Amz-Signature=\*\*\*/)
    t.same(
      lines.filter((line) => line.includes(WORD) || line.includes(encodeBytes(WORD))),
      []
    )
    t.same(
      answers.filter((answer) => answer.includes(WORD) && !/'(x|[^']*CANARY[^']*)'[ ,.]/.test(answer)),
      [],
      'beyond the name and the value of a parameter, which its sender wrote'
    )
  }
)

/** Returns the bytes of a text as a buffer is written in JSON. */
function encodeBytes (text: string): string {
  return [...Buffer.from(text)].join(',')
}
