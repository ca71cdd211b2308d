import t from 'tap'
import { expandPreset, parsePresets } from '../../src/options/presets.ts'
import { completeOptions } from '../../src/options/thumbnail-options.ts'

t.test('takes the values of a preset as a request does', async (t) => {
  const presets = parsePresets('{"poster": {"timestamp": 5, "format": "JPG", "fit": "Cover", "background": "White"}}')
  t.match(completeOptions(expandPreset(presets!, { preset: 'poster' })), {
    timestamp: { kind: 'from-start', micros: 5_000_000 },
    format: 'jpeg',
    fit: 'cover',
    background: 'ffffff'
  })
})

t.test('rejects presets with an invalid name or invalid options', async (t) => {
  for (const text of [
    '{}',
    '[]',
    'null',
    '{"a b": {}}',
    '{"a": 5}',
    '{"a": {"format": "bmp"}}',
    '{"a": {"timestamp": true}}',
    '{"a": {"timestamp": "noon"}}',
    '{"a": {"background": "blurple"}}',
    '{"a": {"key": "b"}}',
    '{"a": {}'
  ]) {
    t.equal(parsePresets(text), undefined, text)
  }
})
