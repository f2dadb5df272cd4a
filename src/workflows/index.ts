export { event } from './event';
export { journey } from './journey';
export { schedule } from './schedule';
