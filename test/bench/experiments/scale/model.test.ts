import t from 'tap'
import {
  type Engine,
  estimateBackfill,
  findCeilings,
  type MeasuredSource
} from '../../../../bench/experiments/scale/model.ts'

const source: MeasuredSource = {
  seconds: 0.2,
  sourceReads: 2,
  outputReads: 2,
  outputWrites: 1,
  perSecondOnTwoCpus: 10,
  perSecondOfOneProcess: 30
}
const one = findCeilings(source, { sourcePrefixes: 1, outputPrefixes: 1 })
const estimate = (engine: Engine, objects = 1e6) => estimateBackfill(engine, objects, source, one)
const near = (value: number, expected: number) => Math.abs(value - expected) < expected / 1000

t.test('the ceilings are the rates of S3 per prefix', async (t) => {
  t.same(one, { sourceReads: 2750, outputReads: 2750, outputWrites: 3500 })
  t.same(findCeilings(source, { sourcePrefixes: 4, outputPrefixes: 2 }), {
    sourceReads: 11_000,
    outputReads: 5500,
    outputWrites: 7000
  })
})

t.test('the slower of processors and S3 limits the rate', async (t) => {
  t.match(estimate({ kind: 'batch-operations', lambdaConcurrency: 100 }), { perSecond: 500, bound: 'processors' })
  t.match(estimate({ kind: 'batch-operations', lambdaConcurrency: 1000 }), { perSecond: 2750, bound: 'sourceReads' })
  t.match(estimate({ kind: 'containers', tasks: 5, cpusPerTask: 2, gigabytesPerTask: 4 }), {
    perSecond: 50,
    bound: 'processors'
  })
  const machine = estimate({ kind: 'one-machine', cpus: 8, processes: 2 })
  t.equal(machine.perSecond, 40)
  t.equal(estimate({ kind: 'one-machine', cpus: 8, processes: 1 }).perSecond, 30, 'one thread does the rest')
  t.ok(near(machine.hours, 1e6 / 40 / 3600))
})

t.test('computes dollars from the price lists', async (t) => {
  const batch = estimate({ kind: 'batch-operations', lambdaConcurrency: 100 }).dollars
  t.ok(near(batch.requests, 1000 * (4 * 0.0004 + 0.005)))
  t.ok(near(batch.compute, 1e6 * 0.2 * 3.457 * 0.0000166667 + 0.2))
  t.ok(near(batch.engine, 1.25))
  t.ok(near(batch.total, batch.requests + batch.compute + batch.engine))
  const express = estimate({ kind: 'distributed-map', lambdaConcurrency: 100, children: 'express' }).dollars
  const standard = estimate({ kind: 'distributed-map', lambdaConcurrency: 100, children: 'standard' }).dollars
  t.ok(near(express.engine, 1 + 1e6 * 0.2 * 0.0625 * 0.00001667))
  t.ok(near(standard.engine, 50), 'two transitions per child')
  const containers = estimate({ kind: 'containers', tasks: 5, cpusPerTask: 2, gigabytesPerTask: 4 })
  t.ok(near(containers.dollars.compute, 5 * containers.hours * (2 * 0.04048 + 4 * 0.004445)))
  t.ok(near(containers.dollars.engine, 0.3 * 0.4))
  t.ok(near(estimate({ kind: 'one-machine', cpus: 8, processes: 2 }).dollars.engine, (2000 / 1000) * 0.005))
})
