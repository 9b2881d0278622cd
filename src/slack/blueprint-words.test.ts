import { expect, test } from 'vitest';
import { countedTitle, titleCase } from './blueprint-words.ts';

test.each([
  ['service', 'Service'],
  ['deploymentConfig', 'Deployment Config'],
  ['HTTPServer', 'HTTP Server'],
  ['_team', 'Team'],
  ['k8s_cluster-v2', 'K8s Cluster V2'],
])('%s reads %s', (identifier, words) => {
  expect(titleCase(identifier)).toBe(words);
});

test.each([
  ['service', 1, 'Service'],
  ['service', 0, 'Services'],
  ['services', 2, 'Services'],
  ['library', 2, 'Libraries'],
  ['deploymentConfig', 5, 'Deployment Configs'],
  ['person', 2, 'People'],
  ['publicAPI', 2, 'Public APIs'],
  ['_', 2, ''],
])('%s × %i is called %s', (identifier, count, words) => {
  expect(countedTitle(identifier, count)).toBe(words);
});
