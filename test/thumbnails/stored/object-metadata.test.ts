import t from 'tap'
import {
  decodeMetadata,
  decodeFailure,
  encodeMetadata,
  encodeFailure
} from '../../../src/thumbnails/stored/object-metadata.ts'
import type { ObjectMetadata, StoredFailure } from '../../../src/thumbnails/stored/object-metadata.ts'

const info: ObjectMetadata = {
  width: 640,
  height: 360,
  timestamp: 12.479134,
  keyFrame: false,
  placeholder: '3OcRJYB4d3h/iIeHeEh3eIhw+j2w',
  warnings: [{ code: 'odd', detail: 'naïve  日本   🎬 "quoted" \\ \n\u007f' }],
  source: {
    duration: 600.02,
    container: 'mp4',
    codec: 'h264',
    width: 1920,
    height: 1080,
    rotation: 90,
    hdr: true,
    etag: '"d41d8"-2',
    bytes: 2 ** 42
  }
}
const failure: StoredFailure = {
  code: 'corrupt_video',
  detail: 'Kaputt – 壊れた',
  members: { frames: [1, 2] },
  failedAt: '2026-11-23T12:00:00.000Z'
}

const valueOf = (metadata: Record<string, string>) => Object.values(metadata).join()

t.test('decodes what it encoded', async (t) => {
  t.strictSame(decodeMetadata(encodeMetadata(info)), info)
  const withoutDuration = { ...info, source: { ...info.source, duration: null } }
  t.strictSame(decodeMetadata(encodeMetadata(withoutDuration)), withoutDuration)
  t.strictSame(decodeFailure(encodeFailure(failure)), failure)
  t.match(decodeFailure(encodeFailure({ ...failure, detail: undefined })), { detail: undefined, code: 'corrupt_video' })
})

t.test('encodes one printable ASCII value without repeated spaces', async (t) => {
  t.same(Object.keys(encodeMetadata(info)), ['posterframe'])
  t.same(Object.keys(encodeFailure(failure)), ['posterframe-failure'])
  for (const metadata of [encodeMetadata(info), encodeFailure(failure)]) {
    t.match(valueOf(metadata), /^[\x20-\x7e]+$/)
    t.notMatch(valueOf(metadata), / {2}/)
  }
})

t.test('leaves out the last warnings to stay under 1.5 KB', async (t) => {
  const warnings = Array.from({ length: 40 }, (_, number) => ({ code: `w${number}`, detail: '日'.repeat(20) }))
  const metadata = encodeMetadata({ ...info, warnings })
  t.ok(valueOf(metadata).length <= 1400, `${valueOf(metadata).length} bytes`)
  const kept = decodeMetadata(metadata)?.warnings ?? []
  t.ok(kept.length > 2)
  t.same(kept, warnings.slice(0, kept.length))
  t.throws(() => encodeMetadata({ ...info, placeholder: 'x'.repeat(1500) }), RangeError)
})

t.test('leaves out the members, then the detail, of a failure to stay under 1.5 KB', async (t) => {
  const members = { list: 'x'.repeat(1500) }
  t.same(decodeFailure(encodeFailure({ ...failure, members })), { ...failure, members: {} })
  const smallest = encodeFailure({ ...failure, members, detail: 'x'.repeat(1500) })
  t.same(decodeFailure(smallest), { ...failure, members: {}, detail: undefined })
})

t.test('decodes nothing that is missing, malformed or of another shape', async (t) => {
  const own = JSON.parse(valueOf(encodeMetadata(info))) as Record<string, unknown>
  const strange = [
    '',
    'yes',
    'null',
    '1',
    '[]',
    '{}',
    '{',
    '"x"',
    valueOf(encodeFailure(failure)),
    ...[
      { version: 0 },
      { version: 2 },
      { width: '640' },
      { width: -1 },
      { width: 1.5 },
      { warnings: {} },
      { source: null },
      { extra: 1 },
      { source: { duration: 1 } }
    ].map((change) => JSON.stringify({ ...own, ...change }))
  ]
  t.equal(decodeMetadata({}), undefined)
  t.equal(decodeMetadata({ other: valueOf(encodeMetadata(info)) }), undefined)
  for (const value of strange) t.equal(decodeMetadata({ posterframe: value }), undefined, value)
  t.ok(decodeMetadata({ posterframe: JSON.stringify(own) }), 'the unchanged value')

  const failed = JSON.parse(valueOf(encodeFailure(failure))) as Record<string, unknown>
  t.equal(decodeFailure({}), undefined)
  for (const change of [
    { version: 2 },
    { code: 'no_such_code' },
    { code: 'constructor' },
    { failedAt: 'soon' },
    { members: 1 },
    { detail: 1 }
  ]) {
    t.equal(
      decodeFailure({ 'posterframe-failure': JSON.stringify({ ...failed, ...change }) }),
      undefined,
      JSON.stringify(change)
    )
  }
  t.ok(decodeFailure({ 'posterframe-failure': JSON.stringify(failed) }), 'the unchanged value')
})
