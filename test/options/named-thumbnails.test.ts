import t from 'tap'
import { parseNamedThumbnail } from '../../src/options/named-thumbnails.ts'

const presets = new Map([['small', { width: 160 }]])

t.test('parses a name and the options of a query', async (t) => {
  t.match(parseNamedThumbnail('poster=timestamp=50%25&width=640&format=webp', presets), {
    name: 'poster',
    options: { timestamp: { kind: 'fraction', fraction: 0.5 }, width: 640, format: 'webp', quality: 80 }
  })
  t.match(parseNamedThumbnail('s=preset=small&quality=50', presets), {
    name: 's',
    options: { width: 160, quality: 50 }
  })
  t.match(parseNamedThumbnail('p=timestamp= 5 &format=JPG&fit=Cover&background=White', presets), {
    name: 'p',
    options: {
      timestamp: { kind: 'from-start', micros: 5_000_000 },
      format: 'jpeg',
      fit: 'cover',
      background: 'ffffff'
    }
  })
  t.match(parseNamedThumbnail('plain=', presets), { name: 'plain', options: { timestamp: { kind: 'auto' } } })
})

t.test('rejects options as a request does', async (t) => {
  for (const [text, code, message] of [
    ['poster', 'invalid_request', /'poster' does not have the form name=/],
    ['=width=640', 'invalid_request', /'' is not a valid name/],
    ['a b=width=640', 'invalid_request', /'a b' is not a valid name/],
    ['0123456789abcdef0123456789abcdef=', 'invalid_request', /is not a valid name/],
    ['p=width=5', 'invalid_request', /width/],
    ['p=width=1e3', 'invalid_request', /width/],
    ['p=widht=640', 'invalid_request', /'widht' is not a known parameter/],
    ['p=width=64&width=65', 'invalid_request', /more than once/],
    ['p=timestamp=noon', 'invalid_timestamp', /./],
    ['p=preset=none', 'invalid_request', /has no preset 'none'/]
  ] as const) { t.throws(() => parseNamedThumbnail(text, presets), { code, message }, text) }
})

t.test('takes the number of a frame', async (t) => {
  const { options } = parseNamedThumbnail('poster=timestamp=frame:250&width=640', presets)
  t.same(options.timestamp, { kind: 'frame', place: 250 })
})
