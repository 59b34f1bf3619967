export * from '@millpond/core';
