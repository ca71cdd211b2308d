import t from 'tap'
import { computeJobId, JOB_ID_PATTERN } from '../../src/jobs/job.ts'

const request = { kind: 'storyboard', body: { key: 'a.mp4', width: 160 } } as const

t.test('equal requests of the same caller have the same id, in whatever order of members', async (t) => {
  const id = computeJobId(request, 'shop')
  t.match(id, new RegExp(JOB_ID_PATTERN))
  t.equal(computeJobId({ kind: 'storyboard', body: { width: 160, key: 'a.mp4' } }, 'shop'), id)
})

t.test('another body, kind or caller has another id, and no name equals a missing one', async (t) => {
  const ids = [
    computeJobId(request, 'shop'),
    computeJobId(request, 'other'),
    computeJobId(request, undefined),
    computeJobId(request, ''),
    computeJobId(request, 'null'),
    computeJobId({ ...request, kind: 'preview' }, 'shop'),
    computeJobId({ ...request, body: { key: 'a.mp4', width: 161 } }, 'shop'),
    computeJobId({ ...request, body: { key: 'a.mp4', width: 160, regenerate: true } }, 'shop')
  ]
  t.equal(new Set(ids).size, ids.length)
})
