import multipart from '@fastify/multipart'
import { S3Client } from '@aws-sdk/client-s3'
import awsLambdaFastify from '@fastify/aws-lambda'
import fastify from 'fastify'

// The packages that the service uses, with one route: a lower bound for the init of any function that loads them.

const app = fastify()
const client = new S3Client({})
await app.register(multipart)
app.get('/', async () => ({ region: await client.config.region() }))

/** The Lambda handler. */
export const api = awsLambdaFastify(app)
await app.ready()
