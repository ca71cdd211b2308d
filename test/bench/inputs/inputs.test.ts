import t from 'tap'
import { chooseInputs, expectedBarcode } from '../../../bench/inputs/inputs.ts'

t.test('selects inputs by name, or the quick ones', async (t) => {
  t.same(
    chooseInputs({ inputs: ['2h-fragmented'], isQuick: true }).map(({ name }) => name),
    ['2h-fragmented']
  )
  t.ok(chooseInputs({ inputs: [], isQuick: true }).every(({ minutes }) => minutes <= 10))
  t.throws(() => chooseInputs({ inputs: ['3h'], isQuick: false }), /Unknown input '3h'/)
})

t.test('computes the number that a frame shows', async (t) => {
  t.equal(expectedBarcode({ barcodes: 'minutes and frames' }, 60.5, 30), 32769)
  t.equal(expectedBarcode({ barcodes: 'minutes and frames' }, 62 + 238 / 30, 30), 238)
  t.equal(expectedBarcode({ barcodes: 'frames' }, 20 + 7 / 30, 30), 7)
})
