export { event } from './event';
export { journey } from './journey';
