import { activityInfo, heartbeat } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor, WorkerOptions } from '@temporalio/worker';
import { HEARTBEAT_EVERY_MS } from '../domain/retry-policy';

/** By default the SDK withholds most heartbeats, and a frozen process would soon be taken for lost. */
export const HEARTBEAT_OPTIONS = {
  maxHeartbeatThrottleInterval: HEARTBEAT_EVERY_MS / 2,
} satisfies Partial<WorkerOptions>;

/** Sends the heartbeats of activities that have a timeout for them. One that ends at once sends none. */
export function sendHeartbeats(): { inbound: ActivityInboundCallsInterceptor } {
  return {
    inbound: {
      async execute(input, next) {
        if (!activityInfo().heartbeatTimeoutMs) return next(input);
        const timer = setInterval(heartbeat, HEARTBEAT_EVERY_MS);
        try {
          return await next(input);
        } finally {
          clearInterval(timer);
        }
      },
    },
  };
}
