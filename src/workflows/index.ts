// `event` is the name in recorded histories.
export { eventDelivery as event } from './event-delivery';
export { journey } from './journey';
export { schedule } from './schedule';
