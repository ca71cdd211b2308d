import t from 'tap'
import { loadConfig } from '../../src/config/config.ts'

const load = (env: Record<string, string> = {}) => loadConfig(env, { cpus: 2, tmpdir: '/tmp', lambda: false }).events
const BUS = 'arn:aws:events:eu-central-1:123456789012:event-bus/media'
const TOPIC = 'arn:aws-cn:sns:cn-north-1:123456789012:thumbnails'
const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/thumbnails'

t.test('defaults to a poster for every source', async (t) => {
  t.match(load(), {
    thumbnails: [{ name: 'poster', options: { timestamp: { kind: 'auto' }, width: 640, format: 'jpeg' } }],
    completionTarget: undefined,
    onSourceDeleted: 'keep',
    queueUrl: undefined,
    queueVisibilitySeconds: 60
  })
})

t.test('reads named thumbnails, which may use a preset', async (t) => {
  const { thumbnails } = load({
    POSTERFRAME_PRESETS: '{"card": {"width": 320, "format": "webp"}}',
    POSTERFRAME_EVENT_THUMBNAILS: 'poster=timestamp=50%25&width=1280; card=preset=card&quality=60 ;plain'
  })
  t.match(
    thumbnails.map(({ name, options }) => ({ name, options })),
    [
      { name: 'poster', options: { timestamp: { kind: 'fraction', fraction: 0.5 }, width: 1280 } },
      { name: 'card', options: { width: 320, format: 'webp', quality: 60 } },
      { name: 'plain', options: { timestamp: { kind: 'auto' }, width: undefined } }
    ]
  )
})

t.test('distinguishes an event bus, a topic and a queue', async (t) => {
  t.same(load({ POSTERFRAME_COMPLETION_TARGET: BUS }).completionTarget, {
    kind: 'event-bus',
    arn: BUS,
    region: 'eu-central-1'
  })
  t.same(load({ POSTERFRAME_COMPLETION_TARGET: TOPIC }).completionTarget, {
    kind: 'topic',
    arn: TOPIC,
    region: 'cn-north-1'
  })
  t.same(load({ POSTERFRAME_COMPLETION_TARGET: QUEUE }).completionTarget, { kind: 'queue', url: QUEUE })
})

t.test('names the invalid variables', async (t) => {
  const wrong = {
    POSTERFRAME_EVENT_THUMBNAILS: [
      ';',
      'poster=colour=red',
      'poster=width=0',
      'poster=width=1&width=2',
      'poster=regenerate=true',
      'poster;poster',
      'a/b=width=100',
      '=width=100',
      'poster=preset=none',
      Array.from({ length: 12 }, (_, place) => `n${place}=width=4096`).join(';'),
      `${'0'.repeat(32)}=width=100`
    ],
    POSTERFRAME_COMPLETION_TARGET: [
      'media',
      'arn:aws:s3:::videos',
      'arn:aws:events:eu-central-1:123456789012:rule/x',
      'https://example.com/',
      `${QUEUE}?x=1`
    ],
    POSTERFRAME_ON_SOURCE_DELETED: ['yes'],
    POSTERFRAME_QUEUE_URL: [BUS, 'queue', 'https://example.com/'],
    POSTERFRAME_QUEUE_VISIBILITY_SECONDS: ['2', '43201']
  }
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      t.throws(() => load({ [name]: value }), new RegExp(`^ {2}${name} must`, 'm'), `${name}=${value}`)
    }
  }
})
