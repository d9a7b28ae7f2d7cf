/** What tests seal secrets with, as RUNNEL_SECRET_KEYS has it. */
export const secretKey = `test:${Buffer.alloc(32, 'test').toString('base64')}`;
