import t from 'tap'
import { JOB_ID_PATTERN, computeJobId } from '../../src/jobs/job-id.ts'

const question = { kind: 'storyboard', body: { key: 'a.mp4', width: 160 } } as const

t.test('the same question of the same caller has the same id, in whatever order its members stand', async (t) => {
  const id = computeJobId(question, 'shop')
  t.match(id, new RegExp(JOB_ID_PATTERN))
  t.equal(computeJobId({ kind: 'storyboard', body: { width: 160, key: 'a.mp4' } }, 'shop'), id)
})

t.test('another question, kind or caller has another, and no name is that of nobody', async (t) => {
  const ids = [
    computeJobId(question, 'shop'),
    computeJobId(question, 'other'),
    computeJobId(question, undefined),
    computeJobId(question, ''),
    computeJobId(question, 'null'),
    computeJobId({ ...question, kind: 'preview' }, 'shop'),
    computeJobId({ ...question, body: { key: 'a.mp4', width: 161 } }, 'shop'),
    computeJobId({ ...question, body: { key: 'a.mp4', width: 160, regenerate: true } }, 'shop')
  ]
  t.equal(new Set(ids).size, ids.length)
})
