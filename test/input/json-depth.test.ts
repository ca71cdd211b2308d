import t from 'tap'
import { isNestedDeeper } from '../../src/input/json-depth.ts'

t.test('counts open arrays and objects, outside of texts', async (t) => {
  for (const [json, depth] of [
    ['1', 0],
    ['{"a": [1, {"b": 2}], "c": [[]]}', 3],
    ['[[], [], [], []]', 2],
    [String.raw`["[[[[", "\"[[[", "\\"]`, 1],
    ['{"[{": "}]"}', 1],
    ['['.repeat(30_000), 30_000]
  ] as const) {
    t.equal(isNestedDeeper(json, depth), false, json.slice(0, 40))
    if (depth > 0) t.equal(isNestedDeeper(json, depth - 1), true, json.slice(0, 40))
  }
})
