import t from 'tap'
import { chooseFormat } from '../../src/cli/output-file.ts'
import { FORMATS } from '../../src/options/frame-options.ts'

t.test('the format follows the extension of -o', async (t) => {
  for (const [output, format] of [
    ['a.jpg', 'jpeg'],
    ['a.jpeg', 'jpeg'],
    ['b.x/a.WebP', 'webp'],
    ['a.avif', 'avif'],
    ['a.b.png', 'png']
  ] as const) {
    t.equal(chooseFormat({ output, allowed: FORMATS }), format, output)
    t.equal(chooseFormat({ output, format, allowed: FORMATS }), format, output)
  }
})

t.test('without an extension, --format decides', async (t) => {
  for (const output of [undefined, '-', 'poster', 'films.x/poster', '/dev/stdout']) {
    t.equal(chooseFormat({ output, allowed: FORMATS }), undefined)
    t.equal(chooseFormat({ output, format: 'png', allowed: FORMATS }), 'png')
  }
})

t.test('a contradiction, and an extension of no format, is an error', async (t) => {
  t.throws(() => chooseFormat({ output: 'a.webp', format: 'jpeg', allowed: FORMATS }), {
    code: 'invalid_request',
    message: "-o 'a.webp' and --format jpeg contradict each other. Omit --format, or use the same format."
  })
  for (const format of [undefined, 'jpeg'] as const) {
    t.throws(() => chooseFormat({ output: 'a.gif', format, allowed: FORMATS }), {
      code: 'invalid_request',
      message: /^The extension of -o 'a\.gif' is that of no format .*\. Use \.jpg, \.webp, \.avif, \.png\.$/
    })
  }
  t.throws(() => chooseFormat({ output: 'a.jpg', allowed: ['webp'] }), { message: /Use \.webp\.$/ })
})
