import t from 'tap'
import { deinterlaceFilter } from '../../../src/video/decode/deinterlacing.ts'
import type { FrameInfo } from '../../../src/video/decode/frame-info.ts'
import { makeFrameInfo } from '../../support/frame-info.ts'

const plan = (changes: Partial<FrameInfo>, ...missing: string[]) =>
  deinterlaceFilter(makeFrameInfo(changes), new Set(missing)).join(',')

t.test('shows the first field', async (t) => {
  t.equal(plan({}), '')
  t.equal(plan({ interlacing: 'top-first' }), 'estdif=mode=frame:parity=tff')
  t.equal(plan({ interlacing: 'bottom-first' }), 'estdif=mode=frame:parity=bff')
})

t.test('finds the fields of a rotated frame', async (t) => {
  t.equal(plan({ interlacing: 'top-first', rotation: 180 }), 'estdif=mode=frame:parity=bff')
  t.equal(
    plan({ interlacing: 'top-first', rotation: 90 }),
    'transpose=cclock_flip,estdif=mode=frame:parity=bff,transpose=cclock_flip'
  )
  t.equal(
    plan({ interlacing: 'bottom-first', rotation: 270 }),
    'transpose=cclock_flip,estdif=mode=frame:parity=bff,transpose=cclock_flip'
  )
})

t.test('enlarges the first field without estdif', async (t) => {
  t.equal(plan({ interlacing: 'top-first' }, 'estdif'), 'field=type=top')
  t.equal(plan({ interlacing: 'bottom-first' }, 'estdif'), 'field=type=bottom')
})
