# One image for the server (`start`) and the commands (`send`, `listen`). Without a command it serves, unless
# INPUT_OPERATION_KIND is set: a pipeline that ran Port's sender container changes its image and nothing else.
FROM node:24-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && node tools/build-web.ts \
  && node tools/build-server.ts \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  # The image has its Node already.
  && rm -rf node_modules/node-linux-*

FROM node:24-slim
ENV NODE_ENV=production \
    QUAYSIDE_HOST=0.0.0.0 \
    QUAYSIDE_PORT=3000 \
    QUAYSIDE_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# Not bin/quayside.js: that one installs what a fresh clone lacks, and here nothing may be installed any more.
ENTRYPOINT ["node", "/app/bin/main.js"]
