import t from 'tap'
import { chooseFormat } from '../../src/cli/output-file.ts'
import { FORMATS } from '../../src/options/frame-options.ts'

t.test('the format follows the extension of -o, which overrides a preset', async (t) => {
  for (const [output, format] of [
    ['a.jpg', 'jpeg'],
    ['a.jpeg', 'jpeg'],
    ['b.x/a.WebP', 'webp'],
    ['a.avif', 'avif'],
    ['a.b.png', 'png']
  ] as const) {
    t.equal(chooseFormat({ output, allowed: FORMATS }), format, output)
    t.equal(chooseFormat({ output, presetFormat: 'avif', allowed: FORMATS }), format, output)
    t.equal(chooseFormat({ output, format, allowed: FORMATS }), format, output)
  }
})

t.test('without an extension, or with one that no format has, --format or the preset decides', async (t) => {
  for (const output of [undefined, '-', 'poster', 'films.x/poster', '/dev/stdout']) {
    t.equal(chooseFormat({ output, allowed: FORMATS }), undefined)
    t.equal(chooseFormat({ output, format: 'png', allowed: FORMATS }), 'png')
  }
  t.equal(chooseFormat({ output: 'poster.part', format: 'png', allowed: FORMATS }), 'png')
  t.equal(chooseFormat({ output: 'poster.part', presetFormat: 'png', allowed: FORMATS }), undefined)
})

t.test('a contradiction, and an extension of no format, is an error', async (t) => {
  t.throws(() => chooseFormat({ output: 'a.webp', format: 'jpeg', allowed: FORMATS }), {
    code: 'invalid_request',
    message: "-o 'a.webp' and --format jpeg contradict each other. Omit --format, or use the same format."
  })
  t.throws(() => chooseFormat({ output: 'a.gif', allowed: FORMATS }), {
    code: 'invalid_request',
    message: "The extension of -o 'a.gif' is that of no format that this command writes. Use .jpg, .webp, .avif, .png."
  })
  t.throws(() => chooseFormat({ output: 'a.jpg', allowed: ['webp'] }), { message: /Use \.webp\.$/ })
})
