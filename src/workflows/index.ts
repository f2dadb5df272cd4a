export { event } from './event-delivery';
export { journey } from './journey';
export { schedule } from './schedule';
