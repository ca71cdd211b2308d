import t from 'tap'
import { readOptions } from '../../../src/http/playground/options.js'

t.test('returns options that differ from the defaults, with numbers as numbers', async (t) => {
  const form = new FormData()
  const entries = {
    timestamp: ' 12.5s ',
    seek: 'exact',
    fit: 'cover',
    width: '640',
    height: '',
    format: 'webp',
    quality: '70',
    background: '',
    regenerate: 'on'
  }
  for (const [name, value] of Object.entries(entries)) form.append(name, value)
  t.same(readOptions(form), {
    timestamp: '12.5s',
    fit: 'cover',
    width: 640,
    format: 'webp',
    quality: 70,
    regenerate: true
  })
  t.same(readOptions(new FormData()), {})
})
